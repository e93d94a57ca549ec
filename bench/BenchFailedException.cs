using System;

namespace PandoraSync.Bench;

/// <summary>A contender did not do its work: files are missing, or a program failed.</summary>
internal sealed class BenchFailedException(string message, Exception? inner = null) : Exception(message, inner);
