using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>One file to be taken.</summary>
/// <param name="Name">Its name at the site.</param>
/// <param name="Staged">Our copy, if there is one already; the file is then to be removed at the server, or found gone.</param>
/// <param name="Attempts">How often it failed in this run.</param>
internal sealed record DrainItem(string Name, StagedFile? Staged = null, int Attempts = 0);
