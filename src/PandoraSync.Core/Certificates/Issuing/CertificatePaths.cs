namespace PandoraSync.Certificates.Issuing;

/// <summary>Where certificate files were written.</summary>
internal sealed record CertificatePaths
{
    /// <summary>The authority's certificate: what the other side must trust (stock's <c>-f</c>).</summary>
    public required string CaPath { get; init; }

    /// <summary>The certificate (stock's <c>-e</c>); for an authority the same as <see cref="CaPath"/>.</summary>
    public required string CertificatePath { get; init; }

    /// <summary>The private key (stock's <c>-k</c>).</summary>
    public required string KeyPath { get; init; }
}
