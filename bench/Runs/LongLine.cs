using System;
using System.Net;
using System.Net.Sockets;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>A long line to a server: two tun devices with the time between them where the system allows that, else a relay.</summary>
internal abstract class LongLine : IDisposable
{
    /// <summary>Where a server at the far end has to listen.</summary>
    public abstract IPAddress Address { get; }

    /// <summary>What it is, for reports.</summary>
    public static string Kind => TunLine.CanOpen ? "two tun devices in network namespaces" : "the relay";

    /// <summary>Opens one.</summary>
    /// <param name="roundTrip">Its round-trip time.</param>
    /// <param name="jitter">What the time varies by; packets stay in order.</param>
    public static LongLine Open(TimeSpan roundTrip, TimeSpan jitter = default) =>
        TunLine.CanOpen ? new TunLine(roundTrip, jitter) : new RelayLine(roundTrip);

    /// <summary>Makes a server at the far end.</summary>
    public abstract T MakeThere<T>(Func<T> make);

    /// <summary>Gives a socket that is to listen at the far end what systems have there.</summary>
    public virtual void Prepare(Socket listener)
    {
    }

    /// <summary>Where to call it.</summary>
    public abstract IPEndPoint To(IPEndPoint server);

    /// <inheritdoc/>
    public abstract void Dispose();

    private sealed class RelayLine(TimeSpan roundTrip) : LongLine
    {
        private FaultProxy? _relay;

        public override IPAddress Address => IPAddress.Loopback;

        public override T MakeThere<T>(Func<T> make) => make();

        public override IPEndPoint To(IPEndPoint server) => (_relay ??= FaultProxy.WithRoundTrip(server, roundTrip)).EndPoint;

        public override void Dispose() => _relay?.Dispose();
    }
}
