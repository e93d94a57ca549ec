using System;

namespace PandoraSync.Fuzz.Targets;

/// <summary>The library did not crash but gave a wrong result.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
