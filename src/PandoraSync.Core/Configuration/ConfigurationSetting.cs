namespace PandoraSync.Configuration;

/// <summary>One setting as it was understood.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value; <c>***</c> for a secret.</param>
/// <param name="Source">Where it comes from: <c>path, line 12</c>, <c>option -k</c> or <c>default</c>.</param>
internal sealed record ConfigurationSetting(string Key, string Value, string Source);
