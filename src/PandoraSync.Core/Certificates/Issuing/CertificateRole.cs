using System;

namespace PandoraSync.Certificates.Issuing;

/// <summary>What a certificate is for.</summary>
[Flags]
public enum CertificateRole
{
    /// <summary>For nothing in particular.</summary>
    None = 0,

    /// <summary>Shown by a server to those who connect (extended key usage serverAuth).</summary>
    Server = 1,

    /// <summary>Shown by a client to the server it connects to (extended key usage clientAuth).</summary>
    Client = 2,

    /// <summary>Both, as one pair of files often serves a Tentacle server and its client.</summary>
    ServerAndClient = Server | Client,

    /// <summary>Signs other certificates and is what the other side trusts.</summary>
    Authority = 4,
}
