using System;
using System.Net.Sockets;
using PandoraSync.Native;

namespace PandoraSync.Transport;

/// <summary>
/// Tells whether a peer is still taking what was written. On a slow line that may need longer than the idle timeout to arrive; whoever takes it
/// bit by bit is neither silent nor late with an answer.
/// </summary>
/// <param name="socket">The connection's socket.</param>
internal sealed class AckProgress(Socket socket)
{
    private long _acknowledged;
    private bool _isUnderWay;

    /// <summary>True if the peer has taken something since the last call; false where the platform cannot tell.</summary>
    public bool IsMoving()
    {
        try
        {
            var (acknowledged, wasUnderWay) = (_acknowledged, _isUnderWay);
            _acknowledged = SocketTuning.AcknowledgedBytes(socket) ?? acknowledged;
            _isUnderWay = SocketTuning.UnacknowledgedBytes(socket) > 0;
            return _acknowledged != acknowledged && (_isUnderWay || wasUnderWay);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
