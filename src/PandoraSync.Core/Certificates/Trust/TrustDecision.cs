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
        : $"{Problem(peer)}; {Advice}.";

    /// <summary>What is wrong about a peer, as the beginning of a sentence.</summary>
    internal string Problem(string peer) => $"{peer} is not trusted: {Explanation}{(Presented.Length > 0 ? $" (presented: {Presented})" : string.Empty)}";

    internal static TrustDecision Trusted(string presented) => new() { Presented = presented };

    /// <summary>Refuses.</summary>
    /// <param name="reason">The rule that failed.</param>
    /// <param name="explanation">How, as the middle of a sentence.</param>
    /// <param name="advice">What to do, where that is more than <see cref="TrustRules"/> says.</param>
    internal static TrustDecision Refuse(TrustRefusalReason reason, string explanation, string? advice = null) =>
        new() { Reason = reason, Explanation = explanation, Advice = advice ?? TrustRules.Of(reason).Cure };
}
