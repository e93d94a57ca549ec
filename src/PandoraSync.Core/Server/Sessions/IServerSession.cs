using System.Threading.Tasks;

namespace PandoraSync.Server.Sessions;

/// <summary>What a server does with a client that it has let in.</summary>
internal interface IServerSession
{
    /// <summary>Speaks until the client ends, breaks a rule or is silent for too long.</summary>
    Task RunAsync();

    /// <summary>Ends the session as soon as nothing is under way.</summary>
    void Stop();
}
