using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Continuous;

/// <summary>
/// The incoming directory of a continuous run: open while something is drained into it, and given back in between, so that a run by hand
/// has its turn and a directory that was away is found again.
/// </summary>
internal sealed class IncomingHold(string path)
{
    private readonly object _gate = new();
    private IncomingDirectory? _incoming;
    private int _users;

    /// <summary>The directory, to be given back with <see cref="Release"/>.</summary>
    /// <param name="isFirst">True if it was opened for this: what earlier runs have left is to be looked for.</param>
    /// <exception cref="Protocol.TentacleException">It is missing, cannot be written, or another run has it.</exception>
    public IncomingDirectory Take(out bool isFirst)
    {
        lock (_gate)
        {
            isFirst = _incoming is null;
            _incoming ??= IncomingDirectory.Open(path);
            _users++;
            return _incoming;
        }
    }

    /// <summary>Gives the directory back.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (--_users > 0)
                return;
            _incoming?.Dispose();
            _incoming = null;
        }
    }
}
