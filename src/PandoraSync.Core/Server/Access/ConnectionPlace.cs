using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Transport;

namespace PandoraSync.Server.Access;

/// <summary>A place at a server, held by one connection; see <see cref="ConnectionLimiter"/>.</summary>
/// <param name="key">The address that it counts for.</param>
/// <param name="elapsed">The time since some moment.</param>
internal sealed class ConnectionPlace(IPAddress key, Func<TimeSpan> elapsed)
{
    private readonly CancellationTokenSource _takenBack = new();

    /// <summary>The address that it counts for.</summary>
    public IPAddress Key => key;

    /// <summary>What its connection has earned.</summary>
    public WorkCredit Credit { get; } = new(elapsed);

    /// <summary>Fires when the connection must end, since others wait.</summary>
    public CancellationToken TakenBack => _takenBack.Token;

    /// <summary>True once it must.</summary>
    public bool IsTakenBack { get; private set; }

    /// <summary>The address that gets it then.</summary>
    public IPAddress? Heir { get; private set; }

    /// <summary>Takes it back for another address; call it under the lock of the places.</summary>
    public void TakeBackFor(IPAddress heir)
    {
        (IsTakenBack, Heir) = (true, heir);

        // Whoever is told closes sockets, which is not for the one that waits or for the lock.
        _ = Task.Run(_takenBack.Cancel);
    }
}
