using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Net;
using System.Security;
using PandoraSync.Protocol;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Cmdlets.Base;

/// <summary>The parameters that say how to reach servers, declared once.</summary>
public abstract class ConnectionCmdlet : PandoraSyncCmdlet
{
    /// <summary>The parameter set that names a server.</summary>
    protected const string ByComputerName = "ComputerName";

    /// <summary>The names of the parameters that say how to reach a server.</summary>
    private protected static readonly HashSet<string> ConnectionParameters = new(StringComparer.OrdinalIgnoreCase)
    {
        nameof(SessionCmdlet.ComputerName), nameof(Port), nameof(Credential), nameof(TimeoutSec), nameof(RetryCount), nameof(CaPath), nameof(CertificatePath), nameof(KeyPath), nameof(Passphrase),
        nameof(Fingerprint), nameof(CrlPath), nameof(SkipHostNameCheck), nameof(SkipCertificateCheck), nameof(Proxy), nameof(ProxyCredential), nameof(SmallRecords),
    };

    private const int DefaultProxyPort = 8080;
    private const double DefaultTimeoutSec = 10;
    private const int DefaultRetryCount = 3;
    private TlsClientOptions? _tls;
    private string? _tlsKey;
    private NetworkCredential? _proxyLogin;

    /// <summary>The server's port, 1 to 65535; 41121 by default. A host that has another one behind it is refused.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [EmptyMeansDefault(TentacleLimits.DefaultPort)]
    [ValidateRange(1, 65535)]
    public int Port { get; set; } = TentacleLimits.DefaultPort;

    /// <summary>Carries the server's password; the user name does not matter.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>How long to wait for a connection and for each read or write, 0.1 to 3600 seconds; 10 by default.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [EmptyMeansDefault(DefaultTimeoutSec)]
    [ValidateRange(0.1, 3600.0)]
    public double TimeoutSec { get; set; } = DefaultTimeoutSec;

    /// <summary>How often a step that is safe to repeat is tried again, 0 to 100; 3 by default.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [EmptyMeansDefault(DefaultRetryCount)]
    [ValidateRange(0, 100)]
    public int RetryCount { get; set; } = DefaultRetryCount;

    /// <summary>PEM files of the authorities that the server must chain to. This, or any other TLS parameter, turns TLS on.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] CaPath { get; set; } = [];

    /// <summary>A PEM certificate to show to a server that asks for one; the chain may follow it.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? CertificatePath { get; set; }

    /// <summary>The certificate's PEM key; left out where the certificate's file has it.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>Opens an encrypted key.</summary>
    [Parameter(ParameterSetName = ByComputerName)]
    public SecureString? Passphrase { get; set; }

    /// <summary>The SHA-256 fingerprint of the server's key, 64 hexadecimal digits with colons or without.</summary>
    [Parameter(ParameterSetName = ByComputerName)]
    [ValidateNotNullOrEmpty]
    public string? Fingerprint { get; set; }

    /// <summary>A file of revoked certificates (CRL), PEM or DER.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? CrlPath { get; set; }

    /// <summary>Takes a certificate of a trusted authority although it names another host.</summary>
    [Parameter(ParameterSetName = ByComputerName)]
    public SwitchParameter SkipHostNameCheck { get; set; }

    /// <summary>TLS without checking who answers. For finding out what a server presents, not for work.</summary>
    [Parameter(ParameterSetName = ByComputerName)]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>An HTTP proxy to go through: host:port; none if empty.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    public string? Proxy { get; set; }

    /// <summary>User and password for the proxy.</summary>
    [Parameter(ParameterSetName = ByComputerName)]
    [Credential]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>Sends in pieces of at most 1,024 bytes, which a stock relay with TLS needs; tried by itself when a send over TLS stalls.</summary>
    [Parameter(ParameterSetName = ByComputerName)]
    public SwitchParameter SmallRecords { get; set; }

    /// <summary>Makes the options for a server from the parameters as they are bound now.</summary>
    /// <param name="computerName">The host, with a port or without.</param>
    /// <exception cref="TentacleException">A parameter cannot be used.</exception>
    protected TentacleClientOptions MakeOptions(string computerName) => new(EndpointOf(computerName))
    {
        Password = Credential is { Password.Length: > 0 } credential ? TentaclePassword.FromSecureString(credential.Password) : null,
        Timeout = TimeSpan.FromSeconds(TimeoutSec),
        RetryCount = RetryCount,
        Tls = MakeTls(),
        Proxy = string.IsNullOrEmpty(Proxy) ? null : new HttpProxyOptions(TentacleEndpoint.Parse(Proxy!, DefaultProxyPort), _proxyLogin ??= ProxyCredential?.GetNetworkCredential()),
        SmallRecords = SmallRecords,
    };

    private TentacleEndpoint EndpointOf(string computerName)
    {
        var endpoint = TentacleEndpoint.Parse(computerName, Port);
        return endpoint.Port == Port || Port == TentacleLimits.DefaultPort
            ? endpoint
            : throw new TentacleException(TentacleErrorKind.Configuration, $"'{computerName}' has a port of its own, and -Port says {Port}: give one of them.");
    }

    private TlsClientOptions? MakeTls()
    {
        var parameters = new TlsParameters
        {
            CaPath = CaPath.Select(FileSystemPath).ToArray(),
            CertificatePath = Resolve(CertificatePath),
            KeyPath = Resolve(KeyPath),
            Passphrase = Passphrase,
            Fingerprint = Fingerprint,
            CrlPath = Resolve(CrlPath),
            SkipHostNameCheck = SkipHostNameCheck,
            SkipCertificateCheck = SkipCertificateCheck,
        };
        if (!parameters.IsWanted)
            return null;
        if (_tls is null || !string.Equals(_tlsKey, parameters.Key, StringComparison.Ordinal))
            (_tls, _tlsKey) = (parameters.ToClientOptions(), parameters.Key);
        return _tls;
    }

    private string? Resolve(string? path) => path is null ? null : FileSystemPath(path);
}
