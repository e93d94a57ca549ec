using System;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration;

namespace PandoraSync.Cmdlets.Configurations;

/// <summary>What became of one configuration, collection or command in one run, in values that can be written down.</summary>
public sealed class SyncedConfiguration
{
    private readonly TentacleException? _exception;

    internal SyncedConfiguration(ConfigurationChange change)
        : this(change.Site, change.Outcome.ToString(), change.Error) =>
        (Kind, File, Agent, Direction, Reason, Bytes, KeptAs) = (change.Kind.ToString(), change.File, change.Agent, change.Direction.ToString(), change.Reason, change.Bytes, change.KeptAs);

    /// <summary>For a site that could not be done to its end.</summary>
    internal SyncedConfiguration(string site, TentacleException error)
        : this(site, error.Kind.ToString(), error) => Reason = Error!;

    private SyncedConfiguration(string site, string result, TentacleException? error)
    {
        (Site, Result, _exception, Time) = (site, result, error, DateTime.Now);
        if (error is not null)
            (Error, ErrorId, RecommendedAction) = (ErrorMapper.Problem(error), ErrorMapper.IdOf(error), ErrorMapper.Advice(error));
    }

    /// <summary>The site: <c>host:port</c>, as -ComputerName takes it.</summary>
    public string Site { get; }

    /// <summary><c>Configuration</c>, <c>Collection</c> or <c>Command</c>; <c>Site</c> where the whole site failed.</summary>
    public string Kind { get; } = "Site";

    /// <summary>The file's name; of a pair that which is not the <c>.md5</c>; empty where the whole site failed.</summary>
    public string File { get; } = string.Empty;

    /// <summary>The agent's name where its configuration says it; null if it is not known.</summary>
    public string? Agent { get; }

    /// <summary><c>Up</c> from the site to the main side, <c>Down</c> from there to the site, <c>None</c> where nothing was to be carried.</summary>
    public string Direction { get; } = nameof(ConfigurationDirection.None);

    /// <summary>
    /// <c>Copied</c>, <c>Removed</c>, <c>Deleted</c> (on one side, and still on the other), <c>Conflict</c>, <c>Duplicate</c>, <c>Incomplete</c>, <c>Unconfirmed</c>,
    /// <c>Skipped</c> or <c>Failed</c>; the kind of the error that ended a whole site.
    /// </summary>
    public string Result { get; }

    /// <summary>Why.</summary>
    public string Reason { get; } = string.Empty;

    /// <summary>Bytes of content that were copied.</summary>
    public long Bytes { get; }

    /// <summary>Where the version is kept that was replaced or removed; null if there was none to be kept.</summary>
    public string? KeptAs { get; }

    /// <summary>When it was done, local time.</summary>
    public DateTime Time { get; }

    /// <summary>What went wrong; null if nothing did.</summary>
    public string? Error { get; }

    /// <summary>The error's id, such as <c>Tentacle.Refused</c>; null if there was none.</summary>
    public string? ErrorId { get; }

    /// <summary>What a person can do about the error; null if there was none.</summary>
    public string? RecommendedAction { get; }

    /// <summary>The error itself; null if there was none. A method, since ConvertTo-Json writes every public property.</summary>
    public TentacleException? GetException() => _exception;

    /// <inheritdoc/>
    public override string ToString() => File.Length == 0 ? $"{Site}: {Result}" : $"{Site}: {File} {Result}";
}
