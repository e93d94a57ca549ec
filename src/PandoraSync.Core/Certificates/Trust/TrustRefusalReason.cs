namespace PandoraSync.Certificates.Trust;

/// <summary>Which rule a peer's certificate failed.</summary>
public enum TrustRefusalReason
{
    /// <summary>None: it is trusted.</summary>
    None,

    /// <summary>The peer showed no certificate.</summary>
    NoCertificate,

    /// <summary>The certificate cannot be read.</summary>
    Unreadable,

    /// <summary>Neither the key nor the certificate has the pinned fingerprint.</summary>
    PinMismatch,

    /// <summary>It is self-signed and not itself in the authority file.</summary>
    SelfSigned,

    /// <summary>It does not chain to the given authority.</summary>
    UnknownAuthority,

    /// <summary>A certificate on the way to the authority may not sign others, or breaks a limit set for it.</summary>
    InvalidChain,

    /// <summary>It is signed with MD5 or SHA-1, or an RSA key is shorter than 2,048 bits.</summary>
    Weak,

    /// <summary>It, or an authority on its way, has expired.</summary>
    Expired,

    /// <summary>It, or an authority on its way, is not valid yet.</summary>
    NotYetValid,

    /// <summary>It is not meant for a server, or not for a client.</summary>
    WrongRole,

    /// <summary>It does not name the host or address that was connected to.</summary>
    WrongName,

    /// <summary>The revocation list names it.</summary>
    Revoked,

    /// <summary>The revocation list cannot answer: missing for its issuer, out of date, or not signed by it.</summary>
    RevocationUnknown,

    /// <summary>It, or a certificate that came with it, is larger than is read, or has a key of a size or kind that is not.</summary>
    OutOfBounds,
}
