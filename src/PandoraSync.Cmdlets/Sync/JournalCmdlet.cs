using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Configuration;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>What the cmdlets that read an incoming directory's journal share: which one, and which sites of it.</summary>
public abstract class JournalCmdlet : PandoraSyncCmdlet
{
    private const string ByDestination = "Destination";
    private const string ByConfigPath = "ConfigPath";
    private WildcardPattern[] _patterns = [];

    /// <summary>The incoming directory that the sites are drained into.</summary>
    [Parameter(ParameterSetName = ByDestination, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("IncomingDirectory")]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = string.Empty;

    /// <summary>The pandora_server.conf by which they are drained.</summary>
    [Parameter(ParameterSetName = ByConfigPath, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string ConfigPath { get; set; } = string.Empty;

    /// <summary>Only these sites: <c>host:port</c>, or patterns.</summary>
    [Parameter]
    [Alias("ComputerName")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Site { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing() => _patterns = Array.ConvertAll(Site, s => WildcardPattern.Get(WithPort(s), WildcardOptions.IgnoreCase));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (string.Equals(ParameterSetName, ByDestination, StringComparison.Ordinal))
        {
            TryCreate(() => Write(FileSystemPath(Destination), []), Destination);
            return;
        }

        var configuration = OrThrow(() => PandoraSyncConfiguration.Read(FileSystemPath(ConfigPath)), ConfigPath);
        TryCreate(() => Write(configuration.Options.IncomingDirectory, configuration.Sites.Select(s => s.Name).ToArray()), ConfigPath);
    }

    /// <summary>Writes what the journal has.</summary>
    /// <param name="incomingDirectory">The incoming directory.</param>
    /// <param name="sites">Sites that are drained, whether the journal has them or not.</param>
    /// <returns>Anything.</returns>
    /// <exception cref="Protocol.TentacleException">The journal cannot be read.</exception>
    private protected abstract object Write(string incomingDirectory, IReadOnlyCollection<string> sites);

    /// <summary>True for a site that is asked for.</summary>
    private protected bool IsWanted(string site) => _patterns.Length == 0 || Array.Exists(_patterns, p => p.IsMatch(site));

    /// <summary>A host alone means whatever port it has.</summary>
    private static string WithPort(string site) => site.IndexOf(':') < 0 && !site.EndsWith("*", StringComparison.Ordinal) ? site + ":*" : site.Replace("[", "`[").Replace("]", "`]");
}
