namespace PandoraSync.Services;

/// <summary>A file that a service manager reads.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Text">What is in it, its mark included.</param>
internal sealed record ServiceFile(string Path, string Text);
