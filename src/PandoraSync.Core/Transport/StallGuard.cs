using System;
using System.Threading;

namespace PandoraSync.Transport;

/// <summary>
/// Bounds every wait on a connection by closing it: sockets of .NET Framework ignore cancellation tokens, and after a broken wait
/// nobody knows where in the conversation the peer is, so a closed connection is the only honest outcome.
/// </summary>
internal sealed class StallGuard : IDisposable
{
    private readonly object _gate = new();
    private readonly Action _abort;
    private readonly Timer _timer;
    private TimeSpan _timeout;
    private Func<bool>? _isMoving;
    private bool _timedOut;
    private bool _cancelled;
    private bool _isReleased;

    public StallGuard(Action abort)
    {
        _abort = abort;
        _timer = new Timer(static self => ((StallGuard)self!).OnTimeout(), this, Timeout.Infinite, Timeout.Infinite);
    }

    public bool TimedOut => _timedOut;

    public bool Cancelled => _cancelled;

    /// <summary>Begins a wait.</summary>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="isMoving">Asked when that time is over: true lets the wait go on for as long again.</param>
    public void Begin(TimeSpan timeout, Func<bool>? isMoving = null)
    {
        _timeout = timeout;
        _isMoving = isMoving;
        _timer.Change(timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends the wait in time.</summary>
    public void End() => _timer.Change(Timeout.Infinite, Timeout.Infinite);

    /// <summary>Closes the connection when the token fires, until the registration is disposed.</summary>
    public CancellationTokenRegistration Watch(CancellationToken cancellationToken) =>
        cancellationToken.Register(static self => ((StallGuard)self!).OnCancelled(), this);

    /// <summary>Ends the bounds for good, also where the time or the token ends in this very moment: the connection goes on without them.</summary>
    /// <returns>False if they have closed it, or are about to.</returns>
    public bool TryRelease()
    {
        lock (_gate)
            return _isReleased = !_timedOut && !_cancelled;
    }

    public void Dispose() => _timer.Dispose();

    private void OnTimeout()
    {
        if (_isMoving?.Invoke() == true)
        {
            _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
            return;
        }

        Abort(ref _timedOut);
    }

    private void OnCancelled() => Abort(ref _cancelled);

    private void Abort(ref bool reason)
    {
        lock (_gate)
        {
            if (_isReleased)
                return;
            reason = true;
        }

        _abort();
    }
}
