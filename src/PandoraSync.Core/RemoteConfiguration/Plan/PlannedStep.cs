namespace PandoraSync.RemoteConfiguration.Plan;

/// <summary>What is to be done with one agent's configuration.</summary>
internal enum PlannedStep
{
    /// <summary>Nothing: both sides have what they last agreed on, or it is none of this site's.</summary>
    Nothing,

    /// <summary>Both sides have the same: it is noted as agreed.</summary>
    Agree,

    /// <summary>Neither side has it any more: what was agreed is forgotten.</summary>
    Forget,

    /// <summary>The site's is copied to the main server.</summary>
    CopyUp,

    /// <summary>The main server's is sent to the site.</summary>
    SendDown,

    /// <summary>The site's is removed.</summary>
    RemoveAtSite,

    /// <summary>The main server's is removed.</summary>
    RemoveOnMain,

    /// <summary>It was deleted on one side, which is said.</summary>
    ReportDeleted,

    /// <summary>Both sides have changed, which is said.</summary>
    ReportConflict,

    /// <summary>A part is missing, which is said.</summary>
    ReportIncomplete,

    /// <summary>Another site has an agent of this name, which is said.</summary>
    ReportDuplicate,
}
