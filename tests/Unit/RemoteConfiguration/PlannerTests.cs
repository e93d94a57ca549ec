using System;
using PandoraSync.RemoteConfiguration;
using PandoraSync.RemoteConfiguration.Plan;
using Xunit;

namespace PandoraSync.Tests.RemoteConfiguration;

/// <summary>What is decided for one agent: a letter is a version, - nothing, ? a configuration without its digest.</summary>
public sealed class PlannerTests
{
    [Theory]
    // agreed, main, site: Main, Site, Neither
    [InlineData("-", "-", "a", "CopyUp", "CopyUp", "CopyUp")]
    [InlineData("-", "a", "-", "Nothing", "Nothing", "Nothing")]
    [InlineData("-", "a", "a", "Agree", "Agree", "Agree")]
    [InlineData("-", "a", "b", "SendDown!", "CopyUp!", "ReportConflict!")]
    [InlineData("a", "a", "a", "Nothing", "Nothing", "Nothing")]
    [InlineData("a", "a", "b", "CopyUp", "CopyUp", "CopyUp")]
    [InlineData("a", "b", "a", "SendDown", "SendDown", "SendDown")]
    [InlineData("a", "b", "b", "Agree", "Agree", "Agree")]
    [InlineData("a", "b", "c", "SendDown!", "CopyUp!", "ReportConflict!")]
    [InlineData("a", "-", "a", "ReportDeleted", "ReportDeleted", "ReportDeleted")]
    [InlineData("a", "a", "-", "ReportDeleted", "ReportDeleted", "ReportDeleted")]
    [InlineData("a", "-", "b", "ReportDeleted!", "CopyUp!", "ReportConflict!")]
    [InlineData("a", "b", "-", "SendDown!", "ReportDeleted!", "ReportConflict!")]
    [InlineData("a", "-", "-", "Forget", "Forget", "Forget")]
    [InlineData("-", "-", "?", "ReportIncomplete", "ReportIncomplete", "ReportIncomplete")]
    [InlineData("-", "a", "?", "ReportIncomplete", "ReportIncomplete", "ReportIncomplete")]
    [InlineData("a", "a", "?", "ReportIncomplete", "ReportIncomplete", "ReportIncomplete")]
    [InlineData("a", "b", "?", "SendDown", "SendDown", "SendDown")]
    [InlineData("-", "?", "a", "CopyUp", "CopyUp", "CopyUp")]
    [InlineData("a", "?", "a", "ReportIncomplete", "ReportIncomplete", "ReportIncomplete")]
    [InlineData("a", "?", "b", "CopyUp", "CopyUp", "CopyUp")]
    [InlineData("a", "?", "-", "ReportIncomplete", "ReportIncomplete", "ReportIncomplete")]
    [InlineData("-", "?", "-", "Nothing", "Nothing", "Nothing")]
    // Deleted on both sides before.
    [InlineData("a+", "-", "-", "Nothing", "Nothing", "Nothing")]
    [InlineData("a+", "-", "a", "ReportDeleted", "ReportDeleted", "ReportDeleted")]
    [InlineData("a+", "-", "b", "CopyUp", "CopyUp", "CopyUp")]
    [InlineData("a+", "a", "-", "SendDown", "SendDown", "SendDown")]
    [InlineData("a+", "a", "a", "Agree", "Agree", "Agree")]
    [InlineData("a+", "a", "b", "SendDown!", "CopyUp!", "ReportConflict!")]
    public void Each_state_of_both_sides_has_its_step(string agreed, string main, string site, string preferMain, string preferSite, string preferNeither)
    {
        var state = new AgentState("agent", agreed[0] == '-' ? null : agreed[..1], agreed.EndsWith('+'), SideOf(main), SideOf(site));

        Assert.Equal(preferMain, Decide(ConfigurationPreference.Main, removeDeleted: false, state));
        Assert.Equal(preferSite, Decide(ConfigurationPreference.Site, removeDeleted: false, state));
        Assert.Equal(preferNeither, Decide(ConfigurationPreference.Neither, removeDeleted: false, state));
    }

    [Theory]
    [InlineData("a", "-", "a", "RemoveAtSite")]
    [InlineData("a", "a", "-", "RemoveOnMain")]
    [InlineData("a", "-", "b", "RemoveAtSite!")]
    [InlineData("a", "-", "?", "RemoveAtSite")]
    [InlineData("a+", "-", "a", "RemoveAtSite")]
    [InlineData("a", "b", "-", "SendDown!")]
    [InlineData("-", "a", "-", "Nothing")]
    [InlineData("-", "-", "a", "CopyUp")]
    public void What_was_deleted_on_one_side_is_removed_on_the_other_only_when_that_is_asked_for(string agreed, string main, string site, string step) =>
        Assert.Equal(step, Decide(ConfigurationPreference.Main, removeDeleted: true, new AgentState("agent", agreed[0] == '-' ? null : agreed[..1], agreed.EndsWith('+'), SideOf(main), SideOf(site))));

    [Fact]
    public void An_agent_that_another_site_has_is_left_alone_whatever_it_looks_like()
    {
        foreach (var main in new[] { "-", "a", "b", "?" })
            Assert.Equal("ReportDuplicate", Decide(ConfigurationPreference.Site, removeDeleted: true, new AgentState("agent", Agreed: null, IsDeleted: false, SideOf(main), SideOf("a"), Owner: "other:41121")));
    }

    private static string Decide(ConfigurationPreference prefer, bool removeDeleted, AgentState state)
    {
        var action = new ConfigurationPlanner(prefer, removeDeleted).Decide(state);
        return action.Step + (action.IsConflict ? "!" : string.Empty);
    }

    private static SideVersion SideOf(string text) => text switch
    {
        "-" => new SideVersion(Digest: null, HasContent: false),
        "?" => new SideVersion(Digest: null, HasContent: true),
        _ => new SideVersion(text, HasContent: true),
    };
}
