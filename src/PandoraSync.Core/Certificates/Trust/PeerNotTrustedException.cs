using System;

namespace PandoraSync.Certificates.Trust;

/// <summary>The cause inside the library's error when a peer's certificate was refused, for callers that act on the rule that failed.</summary>
internal sealed class PeerNotTrustedException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="decision">The refusal.</param>
    /// <param name="peer">The peer as <c>host:port</c>.</param>
    public PeerNotTrustedException(TrustDecision decision, string peer)
        : base(decision.Describe(peer)) => Decision = decision;

    /// <summary>Which rule failed, what was presented and what to do.</summary>
    public TrustDecision Decision { get; }
}
