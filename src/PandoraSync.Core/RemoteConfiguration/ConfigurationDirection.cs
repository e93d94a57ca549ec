namespace PandoraSync.RemoteConfiguration;

/// <summary>Which way something goes.</summary>
internal enum ConfigurationDirection
{
    /// <summary>It stays where it is.</summary>
    None,

    /// <summary>From the site to the main server.</summary>
    Up,

    /// <summary>From the main server to the site.</summary>
    Down,
}
