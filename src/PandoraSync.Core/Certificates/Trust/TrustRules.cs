namespace PandoraSync.Certificates.Trust;

/// <summary>What stands behind each refusal of a certificate, and what to do: said in errors, and listed in docs/errors.md.</summary>
internal static class TrustRules
{
    /// <summary>Cause and cure of a refusal, each as the middle of a sentence; empty where nothing is refused.</summary>
    public static (string Cause, string Cure) Of(TrustRefusalReason reason) => reason switch
    {
        TrustRefusalReason.NoCertificate => ("the peer showed no certificate", "give the peer a certificate and key of the required authority"),
        TrustRefusalReason.Unreadable => ("its certificate cannot be read", "have a new one made for it"),
        TrustRefusalReason.PinMismatch => ("neither its key nor its certificate has the fingerprint that was given", "if its key was changed on purpose, give the new fingerprint; otherwise somebody else has answered"),
        TrustRefusalReason.SelfSigned => ("its certificate is self-signed and not in the authority file", "add it to the authority file or trust its fingerprint, if it is the right one"),
        TrustRefusalReason.UnknownAuthority => ("its certificate was not issued by an authority of the authority file", "use the authority file of its issuer (-CaPath), and have the peer send the authorities in between"),
        TrustRefusalReason.InvalidChain => ("a certificate on the way to the authority may not sign others, or breaks a limit set for it", "have a certificate issued by a proper authority"),
        TrustRefusalReason.Weak => ("it is signed with MD5 or SHA-1, or an RSA key is shorter than 2,048 bits", "have one made with SHA-256 and, for RSA, 2,048 bits or more"),
        TrustRefusalReason.Expired => ("it, or an authority on its way, has expired", "renew it, or check this machine's clock"),
        TrustRefusalReason.NotYetValid => ("it, or an authority on its way, is not valid yet", "check the clocks of both machines"),
        TrustRefusalReason.WrongRole => ("it is meant for a client and a server showed it, or the other way round", "have one issued for that role"),
        TrustRefusalReason.WrongName => ("it does not name the host or address that was connected to", "connect by a name in the certificate, have this one added to it, or skip the host name check (-SkipHostNameCheck)"),
        TrustRefusalReason.Revoked => ("the revocation list names it", "have a new certificate issued for it"),
        TrustRefusalReason.RevocationUnknown => ("the revocation list cannot answer: missing for its issuer, out of date, or not signed by it", "get the authority's latest list"),
        TrustRefusalReason.OutOfBounds => ("it, or a certificate that came with it, is larger than is read, or has a key of a size or kind that is not", "have a certificate of an ordinary size made"),
        _ => (string.Empty, string.Empty),
    };
}
