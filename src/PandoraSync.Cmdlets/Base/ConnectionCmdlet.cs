using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
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

    // These turn TLS on. Empty in a cell they are not given; empty on the command line somebody means to check a server, and does not.
    private static readonly string[] TlsTexts = [nameof(CaPath), nameof(CertificatePath), nameof(KeyPath), nameof(Fingerprint), nameof(CrlPath)];
    private static readonly string[] TlsNames = [.. TlsTexts, nameof(Passphrase), nameof(SkipHostNameCheck), nameof(SkipCertificateCheck)];
    private static readonly string[] OtherNames = [nameof(Credential), nameof(TimeoutSec), nameof(RetryCount), nameof(Proxy), nameof(ProxyCredential)];

    private const double DefaultTimeoutSec = 10;
    private const int DefaultRetryCount = 3;
    private TlsClientOptions? _tls;
    private string? _tlsKey;
    private readonly HashSet<string> _given = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _plain = [];

    /// <summary>The server's port, 1 to 65535; 41121 by default. A host that has another one behind it is refused.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [EmptyMeansDefault(TentacleLimits.DefaultPort)]
    [ValidateRange(1, 65535)]
    [Alias("p")]
    public int Port { get; set; } = TentacleLimits.DefaultPort;

    /// <summary>Carries the server's password; the user name does not matter.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [Login]
    public PSCredential? Credential { get; set; }

    /// <summary>How long to wait for a connection and for each read or write, 0.1 to 3600 seconds; 10 by default.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [EmptyMeansDefault(DefaultTimeoutSec)]
    [ValidateRange(0.1, 3600.0)]
    [Alias("t")]
    public double TimeoutSec { get; set; } = DefaultTimeoutSec;

    /// <summary>How often a step that is safe to repeat is tried again, 0 to 100; 3 by default.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [EmptyMeansDefault(DefaultRetryCount)]
    [ValidateRange(0, 100)]
    [Alias("r")]
    public int RetryCount { get; set; } = DefaultRetryCount;

    /// <summary>PEM files of the authorities that the server must chain to. This, or any other TLS parameter, turns TLS on.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [Alias("f")]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string[] CaPath { get; set; } = [];

    /// <summary>A PEM certificate to show to a server that asks for one; the chain may follow it.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [Alias("e")]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? CertificatePath { get; set; }

    /// <summary>The certificate's PEM key; left out where the certificate's file has it.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [Alias("k")]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? KeyPath { get; set; }

    /// <summary>Opens an encrypted key.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [BlankMeansNotGiven]
    public SecureString? Passphrase { get; set; }

    /// <summary>The SHA-256 fingerprint of the server's key, 64 hexadecimal digits with colons or without.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    public string? Fingerprint { get; set; }

    /// <summary>A file of revoked certificates (CRL), PEM or DER.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? CrlPath { get; set; }

    /// <summary>Takes a certificate of a trusted authority although it names another host.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [SwitchText]
    public SwitchParameter SkipHostNameCheck { get; set; }

    /// <summary>TLS without checking who answers. For finding out what a server presents, not for work.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [SwitchText]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>An HTTP proxy to go through: host:port (8080 without one) or http://host:port (80 without one); none if empty.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [Alias("y")]
    public string? Proxy { get; set; }

    /// <summary>User and password for the proxy.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [Login]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>Looks at the command line before objects from the pipeline add what they have.</summary>
    protected override void BeginProcessing()
    {
        _given.UnionWith(MyInvocation.BoundParameters.Keys);
        if (TlsTexts.FirstOrDefault(name => Gives(name) && IsEmpty(MyInvocation.BoundParameters[name])) is { } empty)
            Refuse($"-{empty} is empty: give a value, or leave it out to connect without it.");

        static bool IsEmpty(object? value) => value is string[] texts ? texts.Length == 0 || texts.Any(CellText.IsBlank) : CellText.IsBlank(value);
    }

    /// <summary>True if the command line says which server is meant.</summary>
    private protected bool NamesServer => Gives(nameof(SessionCmdlet.ComputerName)) || Gives(nameof(Port));

    /// <summary>True if the command line says how TLS is used.</summary>
    private protected bool SaysTls => TlsNames.Any(Gives);

    /// <summary>True if the command line says how to connect to a server.</summary>
    private protected bool SaysHowToConnect => TlsNames.Any(Gives) || OtherNames.Any(Gives);

    /// <summary>True if the command line, not an object of the pipeline, says the parameter.</summary>
    private protected bool Gives(string name) => _given.Contains(name);

    /// <summary>Makes the options for a server from the parameters as they are bound now.</summary>
    /// <param name="computerName">The host, with a port or without.</param>
    /// <exception cref="TentacleException">A parameter cannot be used.</exception>
    protected TentacleClientOptions MakeOptions(string computerName)
    {
        var options = new TentacleClientOptions(EndpointOf(computerName))
        {
            Password = MakePassword(),
            Timeout = TimeSpan.FromSeconds(TimeoutSec),
            RetryCount = RetryCount,
            Tls = MakeTls(),
            Proxy = MakeProxy(),
        };
        if (options.Tls is null && TlsTexts.Any(MyInvocation.BoundParameters.ContainsKey))
            _plain.Add(options.Endpoint.ToString());
        if (!HoldsErrors)
            WarnOfPlainRows();
        return options;
    }

    /// <summary>Names the sites of a file that has columns for TLS, and nothing in them for these: perhaps somebody forgot it.</summary>
    private protected void WarnOfPlainRows()
    {
        if (_plain.Count > 0)
            WriteWarning($"{string.Join(", ", _plain.Take(3))}{(_plain.Count > 3 ? $" and {_plain.Count - 3} more" : string.Empty)}: called without TLS, since the cells for it are empty. Fill in CaPath or Fingerprint, or keep such sites in a file without these columns.");
        _plain.Clear();
    }

    /// <summary>Makes the options of an object that knows its own, each replaced where the command line says another; so nothing that is not said gets lost, such as a pinned key.</summary>
    /// <exception cref="TentacleException">A parameter cannot be used.</exception>
    private protected TentacleClientOptions MakeOptions(TentacleClientOptions own) => own with
    {
        Password = Gives(nameof(Credential)) ? MakePassword() : own.Password,
        Timeout = Gives(nameof(TimeoutSec)) ? TimeSpan.FromSeconds(TimeoutSec) : own.Timeout,
        RetryCount = Gives(nameof(RetryCount)) ? RetryCount : own.RetryCount,
        Tls = TlsNames.Any(Gives) ? MakeTls() : own.Tls,
        Proxy = Gives(nameof(Proxy)) || Gives(nameof(ProxyCredential)) ? MakeProxy() : own.Proxy,
    };

    private TentaclePassword? MakePassword() => Credential is { Password.Length: > 0 } credential ? TentaclePassword.FromSecureString(credential.Password) : null;

    private HttpProxyOptions? MakeProxy() => string.IsNullOrWhiteSpace(Proxy) ? null : HttpProxyOptions.Parse(Proxy!, ProxyCredential?.GetNetworkCredential());

    private TentacleEndpoint EndpointOf(string computerName)
    {
        var endpoint = TentacleEndpoint.Parse(computerName, Port);
        return endpoint.Port == Port || (Port == TentacleLimits.DefaultPort && !Gives(nameof(Port)))
            ? endpoint
            : throw new TentacleException(TentacleErrorKind.Configuration, $"'{computerName}' has a port of its own, and -Port says {Port}: give one of them.");
    }

    /// <summary>What the parameters say about TLS as they are bound now; null if they do not ask for it.</summary>
    private protected TlsParameters? GivenTls()
    {
        var parameters = new TlsParameters
        {
            CaPath = (CaPath ?? []).Where(p => !string.IsNullOrWhiteSpace(p)).Select(FileSystemPath).ToArray(),
            CertificatePath = Resolve(CertificatePath),
            KeyPath = Resolve(KeyPath),
            Passphrase = Passphrase,
            Fingerprint = string.IsNullOrWhiteSpace(Fingerprint) ? null : Fingerprint,
            CrlPath = Resolve(CrlPath),
            SkipHostNameCheck = SkipHostNameCheck,
            SkipCertificateCheck = SkipCertificateCheck,
        };
        return parameters.IsWanted ? parameters : null;
    }

    private TlsClientOptions? MakeTls()
    {
        if (GivenTls() is not { } parameters)
            return null;
        if (_tls is null || !string.Equals(_tlsKey, parameters.Key, StringComparison.Ordinal))
            (_tls, _tlsKey) = (parameters.ToClientOptions(), parameters.Key);
        return _tls;
    }

    private string? Resolve(string? path) => string.IsNullOrWhiteSpace(path) ? null : FileSystemPath(path!);
}
