namespace PandoraSync.RemoteConfiguration.Plan;

/// <summary>All that decides what is done with one agent's configuration.</summary>
/// <param name="Name">What its files are called.</param>
/// <param name="Agreed">The digest of the version that both sides last had; null if they never had one.</param>
/// <param name="IsDeleted">True if that version has been deleted on both sides since.</param>
/// <param name="Main">What the main server has.</param>
/// <param name="Site">What the site has.</param>
/// <param name="Owner">Another site that has an agent of this name; null if there is none.</param>
internal sealed record AgentState(string Name, string? Agreed, bool IsDeleted, SideVersion Main, SideVersion Site, string? Owner = null);
