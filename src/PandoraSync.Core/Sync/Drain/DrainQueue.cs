using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>What is still to be taken from one site: oldest first, what an earlier attempt began before the rest, what has failed behind it.</summary>
internal sealed class DrainQueue
{
    private readonly ConcurrentQueue<DrainItem> _begun = new();
    private readonly ConcurrentQueue<DrainItem> _again = new();
    private readonly ConcurrentQueue<DrainItem> _last = new();
    private readonly NameTable _fresh;
    private int _given;
    private volatile bool _onlyStaged;
    private volatile bool _closed;

    /// <summary>Makes a queue.</summary>
    /// <param name="recovered">What an earlier run began; these names are not taken afresh.</param>
    /// <param name="names">All names.</param>
    /// <param name="isWanted">Asked once for each of <paramref name="names"/>.</param>
    public DrainQueue(IEnumerable<StagedFile> recovered, NameTable names, Func<ListedName, bool> isWanted)
    {
        foreach (var file in recovered)
            _begun.Enqueue(new DrainItem(file.Name, file));
        var taken = new HashSet<string>(_begun.Select(i => i.Name), StringComparer.Ordinal);
        names.Sort(n => isWanted(n) && !taken.Contains(n.Name));
        _fresh = names;
        Total = _begun.Count + _fresh.Count;
    }

    /// <summary>Files at the start.</summary>
    public int Total { get; }

    /// <summary>True if nothing is left or the run is over.</summary>
    public bool IsEmpty => IsEmptyAhead && IsEmptyFailed;

    /// <summary>True if <see cref="TakeBegun"/> and <see cref="TakeAhead"/> give nothing more.</summary>
    public bool IsEmptyAhead => _closed || (_begun.IsEmpty && _again.IsEmpty && (_onlyStaged || IsAllGiven));

    /// <summary>True if <see cref="TakeFailed"/> gives nothing more.</summary>
    public bool IsEmptyFailed => _closed || _last.IsEmpty;

    /// <summary>Takes the next file.</summary>
    /// <returns>Null if nothing is left or the run is over.</returns>
    public DrainItem? Take() => TakeBegun() ?? TakeAhead() ?? TakeFailed();

    /// <summary>Takes the next file that lies here and may be the only copy.</summary>
    /// <returns>Null if there is none, or the run is over.</returns>
    public DrainItem? TakeBegun() => TakeFrom(_begun);

    /// <summary>Takes the next file that a stock server can be asked for ahead of its answers: not one that it may have been told to move, nor one that has failed.</summary>
    /// <returns>Null if there is none, or the run is over.</returns>
    public DrainItem? TakeAhead() => TakeFrom(_again) ?? (_closed || _onlyStaged ? null : TakeFresh());

    /// <summary>Takes the next file that has failed, and so is asked for alone.</summary>
    /// <returns>Null if there is none, or the run is over.</returns>
    public DrainItem? TakeFailed() => TakeFrom(_last);

    /// <summary>Gives a file back, to be tried again before the others; behind them if it has failed, so that it does not keep them from arriving.</summary>
    public void Return(DrainItem item)
    {
        if (item.Attempts > 0)
            ReturnLast(item);
        else if (item.Staged is { AtServer: FileAtServer.Unknown or FileAtServer.Removed })
            _begun.Enqueue(item);
        else
            _again.Enqueue(item);
    }

    /// <summary>Gives a file back that is to be asked for alone.</summary>
    public void ReturnLast(DrainItem item) => _last.Enqueue(item);

    /// <summary>From now on gives out only files that are staged already: they need no more room, and give it free.</summary>
    public void GiveOnlyStaged() => _onlyStaged = true;

    /// <summary>Ends the run: nothing more is given out.</summary>
    public void Close() => _closed = true;

    private bool IsAllGiven => Volatile.Read(ref _given) >= _fresh.Count;

    private DrainItem? TakeFrom(ConcurrentQueue<DrainItem> queue)
    {
        while (!_closed && queue.TryDequeue(out var item))
        {
            if (item.Staged is not null || !_onlyStaged)
                return item;
        }

        return null;
    }

    private DrainItem? TakeFresh()
    {
        // Looked at first: otherwise an empty queue that is asked without end would count without end.
        if (IsAllGiven)
            return null;
        var place = Interlocked.Increment(ref _given) - 1;
        return place < _fresh.Count ? new DrainItem(_fresh[place]) : null;
    }
}
