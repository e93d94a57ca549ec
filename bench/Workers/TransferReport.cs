namespace PandoraSync.Bench;

/// <summary>One transfer: how long it took and by how many MB the client grew meanwhile.</summary>
internal sealed record TransferReport(double Seconds, double GrowthMegabytes);
