using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration.Ends;
using PandoraSync.RemoteConfiguration.Plan;

namespace PandoraSync.RemoteConfiguration.Steps;

/// <summary>The agents' configurations of one site: looked at on both ends, and what differs is carried.</summary>
/// <param name="context">What the steps of the site share.</param>
/// <param name="siteFolder">The site as the name of a folder.</param>
internal sealed class AgentStep(SiteContext context, string siteFolder)
{
    private readonly ConfigurationPlanner _planner = new(context.Options.Prefer, context.Options.RemoveDeleted);

    /// <summary>Agents that have the same on both sides.</summary>
    public int Unchanged { get; private set; }

    /// <summary>Carries what differs.</summary>
    /// <exception cref="TentacleException">The site cannot be reached any more, or the main side's disk is full.</exception>
    /// <exception cref="System.IO.IOException">A file of the main side cannot be read or written.</exception>
    public async Task RunAsync(SiteListing listing, CancellationToken cancellationToken)
    {
        var actions = await PlanAsync(listing, cancellationToken).ConfigureAwait(false);
        Unchanged = actions.Count(a => a.Step == PlannedStep.Nothing && a.State.Site.IsWhole);
        foreach (var action in actions)
            Note(action);
        var wanted = new List<PlannedAction>();
        foreach (var action in actions.Where(IsWanted))
        {
            if (await context.MayAsync(action.Direction, action.Step is PlannedStep.RemoveAtSite or PlannedStep.RemoveOnMain, FileOf(action), AgentOf(action), action.Reason).ConfigureAwait(false))
                wanted.Add(action);
        }

        await new AgentsUp(context).RunAsync(wanted.Where(a => a.Step == PlannedStep.CopyUp).ToArray(), cancellationToken).ConfigureAwait(false);
        var down = new AgentsDown(context);
        await Task.WhenAll(wanted.Where(a => a.Direction == ConfigurationDirection.Down).Select(a => down.RunAsync(a, cancellationToken))).ConfigureAwait(false);
        foreach (var action in wanted.Where(a => a.Step == PlannedStep.RemoveOnMain))
            RemoveOnMain(action);
    }

    /// <summary>Looks at both ends and decides for each agent that the site has, or had.</summary>
    private async Task<IReadOnlyList<PlannedAction>> PlanAsync(SiteListing listing, CancellationToken cancellationToken)
    {
        var known = context.Agreements.Of(ConfigurationKind.Configuration).ToDictionary(a => a.Name, StringComparer.Ordinal);
        var names = Limit(listing.Contents.Concat(listing.Digests.Where(ConfigurationNames.IsAgent)).Distinct(StringComparer.Ordinal), known);
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        var unread = new List<FetchedFile>();
        var asked = names.Where(listing.Digests.Contains).ToArray();
        context.LogVerbose($"{asked.Length} agents have a configuration there");
        await new SmallFiles(context.Connections, TentacleLimits.MaxLineBytes, Take).FetchAsync(asked.Select(n => n + ConfigurationNames.Md5), cancellationToken).ConfigureAwait(false);
        var failed = new HashSet<string>(unread.Select(f => NameOf(f.Name)), StringComparer.Ordinal);
        foreach (var file in unread)
            ReportFailed(NameOf(file.Name), ConfigurationDirection.Up, "its .md5 cannot be read at the site", file.Error!);
        return names.Concat(known.Keys.Where(n => !names.Contains(n))).Where(n => !failed.Contains(n)).Select(Decide).ToArray();

        void Take(FetchedFile file)
        {
            if (file.Error is not null)
                unread.Add(file);
            else if (file.Content is { } content && ConfigurationNames.ReadDigest(content) is { } digest)
                digests[NameOf(file.Name)] = digest;
            context.Options.Progress?.Invoke(new ConfigurationProgress(context.Site, "agents looked at", digests.Count, asked.Length));
        }

        PlannedAction Decide(string name)
        {
            var site = new SideVersion(digests.TryGetValue(name, out var digest) ? digest : null, listing.Contents.Contains(name));
            var agreed = known.TryGetValue(name, out var file) ? file : null;
            var owner = site.HasContent ? context.Owners.Claim(name, siteFolder) : null;
            return _planner.Decide(new AgentState(name, agreed?.Digest, agreed?.State == AgreedState.Deleted, context.Main.Look(name), site, owner));
        }
    }

    /// <summary>A site may have so many agents; those that are known come first.</summary>
    private HashSet<string> Limit(IEnumerable<string> listed, Dictionary<string, AgreedFile> known)
    {
        var all = listed.ToArray();
        var names = new HashSet<string>(all.OrderByDescending(known.ContainsKey).Take(context.Options.MaxAgents), StringComparer.Ordinal);
        if (all.Length > names.Count)
        {
            context.Report(new ConfigurationChange
            {
                Site = context.Site,
                Kind = ConfigurationKind.Configuration,
                File = "*" + ConfigurationNames.Conf,
                Direction = ConfigurationDirection.Up,
                Outcome = ConfigurationOutcome.Skipped,
                Reason = $"the site has {all.Length} agents, over the limit of {names.Count}",
                Error = context.Error(TentacleErrorKind.TooLarge, "*" + ConfigurationNames.Conf, $"{context.Site} has configurations of {all.Length} agents, over the limit of {names.Count}: raise the largest number (-MaxAgents) if it really has so many."),
            });
        }

        return names;
    }

    private bool IsWanted(PlannedAction action)
    {
        var isWanted = action.Direction switch
        {
            ConfigurationDirection.Up => context.Options.IsUp,
            ConfigurationDirection.Down => context.Options.IsDown,
            _ => false,
        };
        if (!isWanted && action.Direction != ConfigurationDirection.None)
            context.LogVerbose($"{FileOf(action)} is not carried {(action.Direction == ConfigurationDirection.Up ? "up" : "down")}: {action.Reason}");
        return isWanted;
    }

    /// <summary>Notes or says what needs no carrying.</summary>
    private void Note(PlannedAction action)
    {
        switch (action.Step)
        {
            case PlannedStep.Agree:
                Agree(action);
                break;
            case PlannedStep.Forget:
                context.Agreements.Add(context.Agreements.Find(ConfigurationKind.Configuration, action.Name)! with { State = AgreedState.Deleted });
                context.Owners.Release(action.Name);
                break;
            case PlannedStep.ReportDeleted:
                Report(action, ConfigurationOutcome.Deleted);
                break;
            case PlannedStep.ReportConflict:
                Report(action, ConfigurationOutcome.Conflict);
                break;
            case PlannedStep.ReportIncomplete:
                Report(action, ConfigurationOutcome.Incomplete);
                break;
            case PlannedStep.ReportDuplicate:
                Report(action, ConfigurationOutcome.Duplicate, context.Error(TentacleErrorKind.BadName, FileOf(action), $"'{FileOf(action)}' at {context.Site} is not carried: {action.Reason}, and on the main side agents are told apart by their names alone.")
                    .Advise($"Give one of the two agents another name. If {action.State.Owner} is only the earlier address of {context.Site}, rename its file in '{System.IO.Path.GetDirectoryName(context.Main.KeptFolder)}'."));
                break;
            default:
                break;
        }
    }

    private void Agree(PlannedAction action)
    {
        var content = context.Main.ReadContent(action.Name);
        if (content is null || !string.Equals(ConfigurationNames.DigestOf(content), action.State.Main.Digest, StringComparison.Ordinal))
        {
            Report(action with { Reason = "its .md5 does not fit it on the main side" }, ConfigurationOutcome.Incomplete);
            return;
        }

        context.Agreements.Add(Agreements.Of(action.Name, content, action.State.Main.Digest!));
        Unchanged++;
    }

    private void RemoveOnMain(PlannedAction action)
    {
        var agent = AgentOf(action);
        var kept = context.Main.Remove(context.Site, action.Name);
        context.Agreements.Add(new AgreedFile(ConfigurationKind.Configuration, action.Name, action.State.Agreed!, AgreedState.Deleted));
        context.Owners.Release(action.Name);
        context.Report(Change(action, ConfigurationOutcome.Removed) with { KeptAs = kept, Agent = agent });
    }

    private void ReportFailed(string name, ConfigurationDirection direction, string reason, TentacleException error) => context.Report(new ConfigurationChange
    {
        Site = context.Site,
        Kind = ConfigurationKind.Configuration,
        File = name + ConfigurationNames.Conf,
        Direction = direction,
        Outcome = ConfigurationOutcome.Failed,
        Reason = reason,
        Error = error,
    });

    private void Report(PlannedAction action, ConfigurationOutcome outcome, TentacleException? error = null) =>
        context.Report(Change(action, outcome) with { Agent = AgentOf(action), Error = error });

    private ConfigurationChange Change(PlannedAction action, ConfigurationOutcome outcome) => Agreements.Change(context, action, outcome);

    private static string FileOf(PlannedAction action) => action.Name + ConfigurationNames.Conf;

    /// <summary>The agent's name as the main side's configuration has it.</summary>
    private string? AgentOf(PlannedAction action) =>
        action.State.Owner is null && action.State.Main.HasContent && context.Main.ReadContent(action.Name) is { } content ? AgentConfiguration.Read(action.Name, content).Name : null;

    private static string NameOf(string file) => ConfigurationNames.Without(file, ConfigurationNames.Md5)!;
}
