using System;
using System.IO;
using System.Linq;
using dnlib.DotNet;

namespace PandoraSync.Isolate;

/// <summary>
/// Makes a library somebody's own: another assembly name without a strong name, and every type internal, seen only by the assemblies that
/// are named. A session that has another version of the same library then never mixes the two up, on any runtime.
/// </summary>
internal static class Program
{
    private const string FriendAttribute = "InternalsVisibleToAttribute";

    private static int Main(string[] arguments)
    {
        if (arguments.Length < 3)
        {
            Console.Error.WriteLine("Usage: isolate INPUT.dll OUTPUT.dll FRIEND...: the output's file name becomes the assembly's name.");
            return 2;
        }

        var (input, output, friends) = (arguments[0], arguments[1], arguments[2..]);
        using var module = ModuleDefMD.Load(input);
        Rename(module, Path.GetFileNameWithoutExtension(output));
        foreach (var type in module.Types.Where(t => t.IsPublic))
            type.Visibility = TypeAttributes.NotPublic;
        SetFriends(module, friends);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        module.Write(output);
        return 0;
    }

    private static void Rename(ModuleDefMD module, string name)
    {
        module.Name = name + ".dll";
        module.Assembly.Name = name;
        module.Assembly.PublicKey = null;
        module.Assembly.HasPublicKey = false;
        module.IsStrongNameSigned = false;
    }

    private static void SetFriends(ModuleDefMD module, string[] friends)
    {
        var attributes = module.Assembly.CustomAttributes;
        foreach (var old in attributes.Where(a => a.TypeFullName.EndsWith("." + FriendAttribute, StringComparison.Ordinal)).ToArray())
            attributes.Remove(old);
        var type = module.CorLibTypes.GetTypeRef("System.Runtime.CompilerServices", FriendAttribute);
        var constructor = new MemberRefUser(module, ".ctor", MethodSig.CreateInstance(module.CorLibTypes.Void, module.CorLibTypes.String), type);
        foreach (var friend in friends)
            attributes.Add(new CustomAttribute(constructor, [new CAArgument(module.CorLibTypes.String, new UTF8String(friend))]));
    }
}
