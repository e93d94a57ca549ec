using PandoraSync.Configuration;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>A setting of a pandora_server.conf as it was understood.</summary>
public sealed class SyncSetting
{
    internal SyncSetting(ConfigurationSetting setting) => (Key, Value, Source) = (setting.Key, setting.Value, setting.Source);

    /// <summary>Its key, such as <c>sync_port</c>.</summary>
    public string Key { get; }

    /// <summary>Its value; <c>***</c> for a secret.</summary>
    public string Value { get; }

    /// <summary>Where it comes from: <c>path, line 12</c>, or <c>default</c>.</summary>
    public string Source { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Key} {Value} ({Source})";
}
