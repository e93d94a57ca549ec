using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using PandoraSync.Protocol;

namespace PandoraSync.Sync;

/// <summary>What is still to be taken from one site: oldest first, what an earlier attempt began before the rest.</summary>
internal sealed class DrainQueue
{
    private readonly ConcurrentQueue<DrainItem> _again = new();
    private readonly ConcurrentQueue<DrainItem> _fresh;
    private volatile bool _onlyStaged;
    private volatile bool _closed;

    public DrainQueue(IEnumerable<StagedFile> recovered, IEnumerable<string> names)
    {
        foreach (var file in recovered)
            _again.Enqueue(new DrainItem(file.Name, file));
        var taken = new HashSet<string>(_again.Select(i => i.Name), StringComparer.Ordinal);
        _fresh = new ConcurrentQueue<DrainItem>(names
            .Where(n => !taken.Contains(n))
            .Select(n => (Name: n, Epoch: AgentDataName.TryGetEpoch(n, out var epoch) ? epoch : long.MaxValue))
            .OrderBy(n => n.Epoch).ThenBy(n => n.Name, StringComparer.Ordinal)
            .Select(n => new DrainItem(n.Name)));
        Total = _again.Count + _fresh.Count;
    }

    /// <summary>Files at the start.</summary>
    public int Total { get; }

    /// <summary>True if nothing is left or the run is over.</summary>
    public bool IsEmpty => _closed || (_again.IsEmpty && (_onlyStaged || _fresh.IsEmpty));

    /// <summary>Takes the next file.</summary>
    /// <returns>Null if nothing is left or the run is over.</returns>
    public DrainItem? Take()
    {
        while (!_closed && _again.TryDequeue(out var again))
        {
            if (again.Staged is not null || !_onlyStaged)
                return again;
        }

        return !_closed && !_onlyStaged && _fresh.TryDequeue(out var fresh) ? fresh : null;
    }

    /// <summary>Gives a file back, to be tried again before the others.</summary>
    public void Return(DrainItem item) => _again.Enqueue(item);

    /// <summary>From now on gives out only files that are staged already: they need no more room, and give it free.</summary>
    public void GiveOnlyStaged() => _onlyStaged = true;

    /// <summary>Ends the run: nothing more is given out.</summary>
    public void Close() => _closed = true;
}
