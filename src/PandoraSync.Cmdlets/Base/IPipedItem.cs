using PandoraSync.Cmdlets.Sessions;

namespace PandoraSync.Cmdlets.Base;

/// <summary>An object that knows by which session it was had, password and certificates included; within one process pipes use it.</summary>
public interface IPipedItem
{
    /// <summary>The session. A method, since PowerShell shows and writes down also properties that are implemented explicitly.</summary>
    RegisteredSession GetSession();
}
