namespace PandoraSync.Certificates.Trust;

/// <summary>Whether a server's certificate must name the host that was connected to.</summary>
public enum HostNameCheck
{
    /// <summary>It must, or the connection is refused.</summary>
    Require,

    /// <summary>The authority alone decides, as pandora_server.conf documents it; a mismatch is only reported.</summary>
    Warn,

    /// <summary>The name does not matter.</summary>
    Skip,
}
