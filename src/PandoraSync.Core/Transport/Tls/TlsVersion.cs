namespace PandoraSync.Transport.Tls;

/// <summary>TLS versions that this library speaks; older ones are not offered.</summary>
public enum TlsVersion
{
    /// <summary>TLS 1.2.</summary>
    Tls12,

    /// <summary>TLS 1.3.</summary>
    Tls13,
}
