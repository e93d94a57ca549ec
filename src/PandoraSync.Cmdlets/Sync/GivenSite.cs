using PandoraSync.Cmdlets.Base;
using PandoraSync.Sync;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>A site as parameters or a piped object name it.</summary>
/// <param name="Site">The site.</param>
/// <param name="Options">How it is drained, and where to.</param>
/// <param name="Tls">The files of certificates that it is called with, to be read again when they change; null where a session has read them for good.</param>
internal sealed record GivenSite(SyncSite Site, SyncOptions Options, TlsParameters? Tls);
