namespace PandoraSync.Certificates.Trust;

/// <summary>Whether a peer's certificate is trusted and, if not, why and what to do.</summary>
public sealed record TrustDecision
{
    internal TrustDecision()
    {
    }

    /// <summary>True if the peer may be spoken to.</summary>
    public bool IsTrusted => Reason == TrustRefusalReason.None;

    /// <summary>The rule that failed.</summary>
    public TrustRefusalReason Reason { get; internal init; }

    /// <summary>Which rule failed, as the middle of a sentence; empty where none did.</summary>
    public string Explanation { get; internal init; } = string.Empty;

    /// <summary>What was presented: subject, issuer, names, dates and the SHA-256 of the key; empty without a certificate.</summary>
    public string Presented { get; internal init; } = string.Empty;

    /// <summary>What to do about it; empty where nothing is to do.</summary>
    public string Advice { get; internal init; } = string.Empty;

    /// <summary>The whole as one sentence about a peer.</summary>
    /// <param name="peer">The peer as <c>host:port</c>.</param>
    public string Describe(string peer) => IsTrusted
        ? $"{peer} is trusted."
        : $"{peer} is not trusted: {Explanation}{(Presented.Length > 0 ? $" (presented: {Presented})" : string.Empty)}; {Advice}.";

    internal static TrustDecision Trusted(string presented) => new() { Presented = presented };

    internal static TrustDecision Refuse(TrustRefusalReason reason, string explanation, string advice) =>
        new() { Reason = reason, Explanation = explanation, Advice = advice };
}
