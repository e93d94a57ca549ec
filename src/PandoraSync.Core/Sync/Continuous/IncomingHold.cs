using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync.Journal;
using PandoraSync.Sync.Monitoring;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Continuous;

/// <summary>
/// The incoming directory of a continuous run: open while something is drained into it, and given back in between, so that a run by hand
/// has its turn and a directory that was away is found again.
/// </summary>
/// <param name="path">The directory.</param>
/// <param name="journal">Written to while it is open; null for none.</param>
/// <param name="monitor">Told how the sites are before it is given back; null for nobody.</param>
/// <param name="sites">The sites that are drained now.</param>
internal sealed class IncomingHold(string path, SyncJournal? journal, SelfMonitor? monitor, Func<IEnumerable<SyncSite>> sites)
{
    private readonly SemaphoreSlim _gate = new(1);
    private IncomingDirectory? _incoming;
    private int _users;

    /// <summary>The directory's path.</summary>
    public string Path => path;

    /// <summary>What the runs into it came to; null where that is not written down.</summary>
    public SyncJournal? Journal => journal;

    /// <summary>The directory, to be given back with <see cref="ReleaseAsync"/>.</summary>
    /// <param name="prepare">Done once it is open, before anybody drains into it.</param>
    /// <exception cref="TentacleException">It is missing, cannot be written, or another run has it.</exception>
    public async Task<IncomingDirectory> TakeAsync(Func<IncomingDirectory, Task> prepare)
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_incoming is null)
            {
                _incoming = IncomingDirectory.Open(path);
                journal?.Open();
                if (journal is not null)
                    monitor?.Begin(journal.Statuses);
                await prepare(_incoming).ConfigureAwait(false);
            }

            _users++;
            return _incoming;
        }
        finally
        {
            CloseIfUnused();
            _gate.Release();
        }
    }

    /// <summary>Gives the directory back.</summary>
    public async Task ReleaseAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        _users--;
        CloseIfUnused();
        _gate.Release();
    }

    /// <summary>Writes down what is left to be written, when the run has ended, if nobody else has the directory now.</summary>
    public void End()
    {
        if (journal is null)
            return;
        try
        {
            using var incoming = IncomingDirectory.Open(path);
            journal.Open();
            journal.Close(isLast: true);
        }
        catch (TentacleException)
        {
            // What is left are counts of runs that said nothing new.
        }
    }

    private void CloseIfUnused()
    {
        if (_users > 0 || _incoming is null)
            return;
        if (journal is not null)
            monitor?.Report(_incoming, journal.StatusesOf(sites()));
        journal?.Close(isLast: false);
        _incoming.Dispose();
        _incoming = null;
    }
}
