namespace PandoraSync.Certificates.Issuing;

/// <summary>The kind of key that a new certificate gets.</summary>
public enum CertificateKeyAlgorithm
{
    /// <summary>ECDSA on the curve P-256: small, fast, known to every TLS 1.2 program.</summary>
    EcdsaP256,

    /// <summary>RSA with 2,048 bits.</summary>
    Rsa2048,

    /// <summary>RSA with 3,072 bits.</summary>
    Rsa3072,

    /// <summary>RSA with 4,096 bits: slow handshakes.</summary>
    Rsa4096,
}
