namespace PandoraSync.Configuration;

/// <summary>One setting as it was written.</summary>
/// <param name="Key">Its key, in lower case.</param>
/// <param name="Value">Its value, trimmed.</param>
/// <param name="Source">Where it stands: <c>path, line 12</c> or <c>option -k</c>.</param>
internal sealed record ConfigurationEntry(string Key, string Value, string Source);
