using System.Linq;
using PandoraSync.Certificates.Trust;
using PandoraSync.Client;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Cmdlets.Sessions;
using PandoraSync.Configuration;
using PandoraSync.Sync;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>
/// What a pandora_server.conf has done with one site. Its properties bind to the parameters of Invoke-PandoraSync, also where it comes back
/// from a file; the password is not in it and has to be given again then.
/// </summary>
public sealed class SiteConfiguration : IPipedItem
{
    private readonly RegisteredSession _session;

    internal SiteConfiguration(PandoraSyncConfiguration configuration, SyncSite site)
    {
        var tls = site.Client.Tls;
        _session = new RegisteredSession(new TentacleSession(site.Client));
        (Site, IsEnabled, ConfigPath, OffNotice) = (site.Name, configuration.IsEnabled, configuration.Path, OffNoticeOf(configuration));
        (CaPath, CertificatePath, KeyPath) = (PathOf("sync_ca"), PathOf("sync_cert"), PathOf("sync_key"));
        SkipHostNameCheck = tls is not null && tls.HostNameCheck != HostNameCheck.Require;
        (Destination, Connections) = (configuration.Options.IncomingDirectory, configuration.Options.Connections);

        string? PathOf(string key) => tls is null ? null : configuration.Settings.FirstOrDefault(s => string.Equals(s.Key, key, System.StringComparison.Ordinal))?.Value;
    }

    /// <summary>The site: <c>host:port</c>.</summary>
    public string Site { get; }

    /// <summary>False if <c>syncserver</c> is off: the site is not drained.</summary>
    public bool IsEnabled { get; }

    /// <summary>The server's host.</summary>
    public string ComputerName => _session.ComputerName;

    /// <summary>The server's port.</summary>
    public int Port => _session.Port;

    /// <summary>Whether it is called with TLS.</summary>
    public bool UsesTls => _session.UsesTls;

    /// <summary>The authority that the site must chain to; null without TLS.</summary>
    public string? CaPath { get; }

    /// <summary>The certificate that is shown; null for none.</summary>
    public string? CertificatePath { get; }

    /// <summary>Its key; null if the certificate's file has it.</summary>
    public string? KeyPath { get; }

    /// <summary>True if a certificate that names another host is taken, with a warning (<c>sync_verify_host</c>).</summary>
    public bool SkipHostNameCheck { get; }

    /// <summary>Whether a password is given.</summary>
    public bool HasPassword => _session.HasPassword;

    /// <summary>The HTTP proxy it is called through: <c>host:port</c>; null for none.</summary>
    public string? Proxy => _session.Proxy;

    /// <summary>How often a step that is safe to repeat is tried again.</summary>
    public int RetryCount => _session.RetryCount;

    /// <summary>How long a connection and each read or write may take, in seconds.</summary>
    public double TimeoutSec => _session.TimeoutSec;

    /// <summary>Where the files go.</summary>
    public string Destination { get; }

    /// <summary>Most connections to the site.</summary>
    public int Connections { get; }

    /// <summary>The file.</summary>
    public string ConfigPath { get; }

    /// <summary>What is said where the site is not drained although somebody asks for it.</summary>
    internal string OffNotice { get; }

    /// <inheritdoc/>
    RegisteredSession IPipedItem.GetSession() => _session;

    /// <inheritdoc/>
    public override string ToString() => $"{Site} to {Destination}";

    /// <summary>What is said of a configuration that is off.</summary>
    internal static string OffNoticeOf(PandoraSyncConfiguration configuration) => $"{configuration}: set syncserver to 1 to turn it on.";
}
