namespace PandoraSync.RemoteConfiguration.Plan;

/// <summary>A step for one agent's configuration.</summary>
/// <param name="State">What decided it.</param>
/// <param name="Step">The step.</param>
/// <param name="Reason">Why, as the beginning of a sentence without its end.</param>
/// <param name="IsConflict">True if a version that was never agreed on is replaced or removed, so that it must be kept.</param>
internal sealed record PlannedAction(AgentState State, PlannedStep Step, string Reason, bool IsConflict = false)
{
    /// <summary>What the agent's files are called.</summary>
    public string Name => State.Name;

    /// <summary>Which way it goes.</summary>
    public ConfigurationDirection Direction => Step switch
    {
        PlannedStep.CopyUp or PlannedStep.RemoveOnMain => ConfigurationDirection.Up,
        PlannedStep.SendDown or PlannedStep.RemoveAtSite => ConfigurationDirection.Down,
        _ => ConfigurationDirection.None,
    };
}
