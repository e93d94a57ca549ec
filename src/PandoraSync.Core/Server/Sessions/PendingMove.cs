using PandoraSync.Native;

namespace PandoraSync.Server.Sessions;

/// <summary>A file whose content a client has been sent, to be deleted once the client shows that it has it (protocol.md, section 5).</summary>
internal sealed record PendingMove(string Name, FileStatus File);
