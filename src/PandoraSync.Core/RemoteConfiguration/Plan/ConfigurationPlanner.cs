using System;

namespace PandoraSync.RemoteConfiguration.Plan;

/// <summary>
/// Decides what is done with an agent's configuration, from what both sides have and what they last agreed on; nothing else. A version is
/// told by the digest in its <c>.md5</c>.
/// </summary>
/// <param name="prefer">Whose version is taken where both have changed.</param>
/// <param name="removeDeleted">Whether what was deleted on one side is removed on the other.</param>
internal sealed class ConfigurationPlanner(ConfigurationPreference prefer, bool removeDeleted)
{
    /// <summary>Decides.</summary>
    public PlannedAction Decide(AgentState state) => state switch
    {
        { Owner: { } owner } => state.Site.HasContent ? Report(state, PlannedStep.ReportDuplicate, $"'{owner}' has an agent of this name") : Nothing(state),
        { Main.IsWhole: true, Site.IsWhole: true } => DecideBetween(state),
        { Main.IsWhole: true } => state.Site.IsUnfinished ? DecideUnfinishedSite(state) : DecideAbsentSite(state),
        { Site.IsWhole: true } => state.Main.IsUnfinished ? DecideUnfinishedMain(state) : DecideAbsentMain(state),
        _ => DecideNeither(state),
    };

    /// <summary>Both sides have a version.</summary>
    private PlannedAction DecideBetween(AgentState state)
    {
        if (Is(state.Main.Digest, state.Site.Digest))
            return Is(state.Agreed, state.Main.Digest) && !state.IsDeleted ? Nothing(state) : Report(state, PlannedStep.Agree, "both sides have the same");
        if (state.Agreed is null || state.IsDeleted)
            return Resolve(state, "both sides have one, and they have never agreed");
        if (Is(state.Main.Digest, state.Agreed))
            return Report(state, PlannedStep.CopyUp, "changed at the site");
        if (Is(state.Site.Digest, state.Agreed))
            return Report(state, PlannedStep.SendDown, "changed on the main side");
        return Resolve(state, "changed on both sides");
    }

    /// <summary>The site has a configuration without a digest.</summary>
    private static PlannedAction DecideUnfinishedSite(AgentState state) =>
        state.Agreed is not null && !Is(state.Main.Digest, state.Agreed)
            ? Report(state, PlannedStep.SendDown, "changed on the main side")
            : Report(state, PlannedStep.ReportIncomplete, "its .md5 is missing at the site");

    /// <summary>Only the main server has a version; where the site never had it, it is another site's or none's.</summary>
    private PlannedAction DecideAbsentSite(AgentState state)
    {
        if (state.Agreed is null)
            return Nothing(state);
        if (state.IsDeleted)
            return Report(state, PlannedStep.SendDown, "is there again on the main side");
        if (Is(state.Main.Digest, state.Agreed))
            return Delete(state, PlannedStep.RemoveOnMain, "deleted at the site");
        return prefer switch
        {
            ConfigurationPreference.Main => Report(state, PlannedStep.SendDown, "changed on the main side, deleted at the site", isConflict: true),
            ConfigurationPreference.Site => Delete(state, PlannedStep.RemoveOnMain, "deleted at the site, changed on the main side", isConflict: true),
            _ => Report(state, PlannedStep.ReportConflict, "changed on the main side, deleted at the site", isConflict: true),
        };
    }

    /// <summary>The main server has a configuration without a digest.</summary>
    private static PlannedAction DecideUnfinishedMain(AgentState state)
    {
        if (state.Agreed is null || state.IsDeleted)
            return Report(state, PlannedStep.CopyUp, "new at the site");
        return Is(state.Site.Digest, state.Agreed)
            ? Report(state, PlannedStep.ReportIncomplete, "its .md5 is missing on the main side")
            : Report(state, PlannedStep.CopyUp, "changed at the site");
    }

    /// <summary>Only the site has a version.</summary>
    private PlannedAction DecideAbsentMain(AgentState state)
    {
        if (state.Agreed is null || (state.IsDeleted && !Is(state.Site.Digest, state.Agreed)))
            return Report(state, PlannedStep.CopyUp, "new at the site");
        if (Is(state.Site.Digest, state.Agreed))
            return Delete(state, PlannedStep.RemoveAtSite, state.IsDeleted ? "deleted before, and there again at the site" : "deleted on the main side");
        return prefer switch
        {
            ConfigurationPreference.Main => Delete(state, PlannedStep.RemoveAtSite, "deleted on the main side, changed at the site", isConflict: true),
            ConfigurationPreference.Site => Report(state, PlannedStep.CopyUp, "changed at the site, deleted on the main side", isConflict: true),
            _ => Report(state, PlannedStep.ReportConflict, "changed at the site, deleted on the main side", isConflict: true),
        };
    }

    private PlannedAction DecideNeither(AgentState state)
    {
        if (state.Site.IsUnfinished)
            return removeDeleted && state.Agreed is not null && !state.IsDeleted && state.Main.IsAbsent
                ? Report(state, PlannedStep.RemoveAtSite, "deleted on the main side")
                : Report(state, PlannedStep.ReportIncomplete, "its .md5 is missing at the site");
        if (state.Main.IsUnfinished && state.Agreed is not null)
            return Report(state, PlannedStep.ReportIncomplete, "its .md5 is missing on the main side");
        return state is { Agreed: not null, IsDeleted: false, Main.IsAbsent: true } ? Report(state, PlannedStep.Forget, "deleted on both sides") : Nothing(state);
    }

    private PlannedAction Resolve(AgentState state, string reason) => prefer switch
    {
        ConfigurationPreference.Main => Report(state, PlannedStep.SendDown, reason + "; the main side's is taken", isConflict: true),
        ConfigurationPreference.Site => Report(state, PlannedStep.CopyUp, reason + "; the site's is taken", isConflict: true),
        _ => Report(state, PlannedStep.ReportConflict, reason, isConflict: true),
    };

    private PlannedAction Delete(AgentState state, PlannedStep removal, string reason, bool isConflict = false) =>
        Report(state, removeDeleted ? removal : PlannedStep.ReportDeleted, reason, isConflict);

    private static PlannedAction Nothing(AgentState state) => new(state, PlannedStep.Nothing, string.Empty);

    private static PlannedAction Report(AgentState state, PlannedStep step, string reason, bool isConflict = false) => new(state, step, reason, isConflict);

    private static bool Is(string? digest, string? other) => string.Equals(digest, other, StringComparison.Ordinal);
}
