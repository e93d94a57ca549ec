using PandoraSync.RemoteConfiguration.Ends;
using PandoraSync.RemoteConfiguration.Plan;

namespace PandoraSync.RemoteConfiguration.Steps;

/// <summary>What is noted and said of an agent's configuration.</summary>
internal static class Agreements
{
    /// <summary>The note that both sides have a version.</summary>
    public static AgreedFile Of(string name, byte[] content, string digest)
    {
        var configuration = AgentConfiguration.Read(name, content);
        return new AgreedFile(ConfigurationKind.Configuration, name, digest) { Collections = configuration.Collections, Commands = configuration.Commands };
    }

    /// <summary>What is said of a step.</summary>
    public static ConfigurationChange Change(SiteContext context, PlannedAction action, ConfigurationOutcome outcome) => new()
    {
        Site = context.Site,
        Kind = ConfigurationKind.Configuration,
        File = action.Name + ConfigurationNames.Conf,
        Direction = action.Direction,
        Outcome = outcome,
        Reason = action.Reason,
    };
}
