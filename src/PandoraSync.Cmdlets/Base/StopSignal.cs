using System;
using System.Collections.Generic;
using System.Globalization;
using System.Reflection;
using System.Threading;

namespace PandoraSync.Cmdlets.Base;

/// <summary>
/// Turns SIGTERM and SIGHUP into a token while it lives: a service manager's stop then ends a server in order, where PowerShell dies at
/// once. On runtimes without such handlers (.NET Framework) it never fires. By reflection, since netstandard2.0 does not have them.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private const int Hangup = -1;
    private const int Terminate = -4;
    private readonly CancellationTokenSource _source = new();
    private readonly List<IDisposable> _handlers = [];

    private readonly Action? _hangup;

    /// <param name="hangup">What SIGHUP means, each time; null if it ends things as SIGTERM does.</param>
    public StopSignal(Action? hangup = null)
    {
        _hangup = hangup;
        var core = typeof(object).Assembly;
        if (core.GetType("System.Runtime.InteropServices.PosixSignal") is not { } signal
            || core.GetType("System.Runtime.InteropServices.PosixSignalContext") is not { } context)
            return;
        var handler = Delegate.CreateDelegate(typeof(Action<>).MakeGenericType(context), this, typeof(StopSignal).GetMethod(nameof(Handle), BindingFlags.Instance | BindingFlags.NonPublic)!);
        var create = core.GetType("System.Runtime.InteropServices.PosixSignalRegistration")!.GetMethod("Create", [signal, handler.GetType()])!;
        foreach (var number in new[] { Hangup, Terminate })
            _handlers.Add((IDisposable)create.Invoke(obj: null, [Enum.ToObject(signal, number), handler])!);
    }

    /// <summary>Fires at the first signal; a second one ends the process as it would without this.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var handler in _handlers)
            handler.Dispose();
        _source.Dispose();
    }

    private void Handle(object context)
    {
        var isHangup = Convert.ToInt32(context.GetType().GetProperty("Signal")!.GetValue(context), CultureInfo.InvariantCulture) == Hangup;
        if (_source.IsCancellationRequested)
            return;
        context.GetType().GetProperty("Cancel")!.SetValue(context, value: true);
        if (isHangup && _hangup is not null)
            _hangup();
        else
            _source.Cancel();
    }
}
