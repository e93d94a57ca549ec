using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>What the connections of one site's drain share.</summary>
internal sealed record DrainContext(SyncSite Site, SyncOptions Options, IncomingDirectory Incoming, StagingFolder Staging, DrainQueue Queue, DrainProgress Progress, AskingManner Manner);
