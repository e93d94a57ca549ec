namespace PandoraSync.Cmdlets.Session;

/// <summary>One step of Test-TentacleServer.</summary>
/// <param name="Endpoint">The server: <c>host:port</c>.</param>
/// <param name="Step">What was tried.</param>
/// <param name="Succeeded">Whether it works.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Advice">What to do where it does not work; null where it does.</param>
public sealed record ServerTestStep(string Endpoint, string Step, bool Succeeded, string Detail, string? Advice);
