using System.Management.Automation;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Base;

/// <summary>What each kind of error means and what helps with it in general: what errors say, and what docs/errors.md is made from.</summary>
internal static class ErrorGuide
{
    /// <summary>The category, the cause and the cure of a kind; null stands for an error that nobody foresaw.</summary>
    public static (ErrorCategory Category, string Cause, string Cure) Of(TentacleErrorKind? kind) => kind switch
    {
        TentacleErrorKind.NameNotFound => (ErrorCategory.ObjectNotFound, "The host name has no address.", "Check the spelling of the host name and the name service, or give the address."),
        TentacleErrorKind.Unreachable => (ErrorCategory.ConnectionError, "No connection could be made: refused, no route, no answer to the connection attempt.", "Check address and port, that a Tentacle server listens there, and the firewalls in between. Test-TentacleServer shows how far a connection gets."),
        TentacleErrorKind.Timeout => (ErrorCategory.OperationTimeout, "The server did not answer, or did not take what was sent, within -TimeoutSec; it may serve as many connections as it can.", "Check that the server has free connections (-c) and that it is a Tentacle server; give more time with -TimeoutSec."),
        TentacleErrorKind.Disconnected => (ErrorCategory.ConnectionError, "The connection ended in the middle of a conversation.", "Try again; look into the server's log if it happens each time."),
        TentacleErrorKind.AuthenticationFailed => (ErrorCategory.AuthenticationError, "The server closed the connection instead of answering: a password is wrong or missing, or TLS or a client certificate is.", "Give the server's password with -Credential (the user name does not matter); leave it out where the server has none."),
        TentacleErrorKind.Protocol => (ErrorCategory.ProtocolError, "What came is not Tentacle, or breaks its rules: another kind of server listens there, or one side uses TLS and the other does not.", "Check the port, and whether the server expects TLS."),
        TentacleErrorKind.Refused => (ErrorCategory.PermissionDenied, "The server answered ERR; its reason is in the message.", "Look into the server's log: its own settings decide."),
        TentacleErrorKind.NotFound => (ErrorCategory.ObjectNotFound, "The server does not have the file, the folder or the session.", "List the server's files with Get-TentacleFile."),
        TentacleErrorKind.NotAllowed => (ErrorCategory.PermissionDenied, "The server does not allow listing and moving (a stock server without -I), so it closed the connection.", "Start the server with -I (insecure 1), or without -SendOnly where it is one of ours: a buffer needs that to be drained."),
        TentacleErrorKind.BadName => (ErrorCategory.InvalidArgument, "A file name that may not be used; nothing was sent.", "Rename the file, or send it under another name (-NewName)."),
        TentacleErrorKind.Changed => (ErrorCategory.InvalidData, "A file changed while it was being transferred.", "Wait until whoever writes the file has finished, then try again."),
        TentacleErrorKind.LocalFile => (ErrorCategory.WriteError, "A local file or folder is missing, not permitted, in the way or cannot be written.", "Check that the path exists and that this user may read and write it."),
        TentacleErrorKind.DiskFull => (ErrorCategory.ResourceUnavailable, "The local disk is full, or would be.", "Make room on that disk, then run again."),
        TentacleErrorKind.Address => (ErrorCategory.ResourceBusy, "The local address is in use, not permitted or not on this machine.", "Choose another port or address, or stop the program that uses it."),
        TentacleErrorKind.Busy => (ErrorCategory.ResourceBusy, "Another run or server uses the same folder.", "Wait until the other run has ended."),
        TentacleErrorKind.TooLarge => (ErrorCategory.LimitsExceeded, "A limit was passed: a file too large, an archive that unpacks to too much, a listing with too many names.", "Raise the limit if the content is what you expect."),
        TentacleErrorKind.Trust => (ErrorCategory.SecurityError, "The server's certificate is not trusted, or ours was refused, or TLS could not be agreed on; the message says which rule failed.", "Compare what was presented with what you expect."),
        TentacleErrorKind.Certificate => (ErrorCategory.SecurityError, "A local certificate, key, authority, revocation list or passphrase cannot be used.", "Check the certificate, the key and the passphrase."),
        TentacleErrorKind.Configuration => (ErrorCategory.InvalidArgument, "A configuration file, option or parameter is wrong; the message names it and, in a file, its line.", "Correct that value, or leave it out."),
        TentacleErrorKind.Proxy => (ErrorCategory.ConnectionError, "The proxy refused or broke the connection.", "Check the proxy's address, its rules and -ProxyCredential."),
        _ => (ErrorCategory.NotSpecified, "Something that was not foreseen.", "Run again with -Verbose and report the message."),
    };
}
