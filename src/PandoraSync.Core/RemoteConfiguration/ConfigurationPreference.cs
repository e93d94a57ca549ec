namespace PandoraSync.RemoteConfiguration;

/// <summary>Whose version is taken where both sides have changed since they last agreed.</summary>
public enum ConfigurationPreference
{
    /// <summary>The main server's; the site's is kept beside.</summary>
    Main,

    /// <summary>The site's; the main server's is kept beside.</summary>
    Site,

    /// <summary>Nobody's: it is reported, and both stay as they are.</summary>
    Neither,
}
