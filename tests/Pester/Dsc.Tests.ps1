BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
    $before = $env:PSModulePath
    $env:PSModulePath = "$([IO.Path]::GetDirectoryName($module))$([IO.Path]::PathSeparator)$before"
    # As DSC 3's adapter makes them.
    $dsc = Import-Module PandoraSync.Dsc -PassThru
    function New-Resource($Class, [hashtable]$Properties) {
        $resource = (& $dsc ([scriptblock]::Create("'$Class' -as 'type'")))::new()
        foreach ($name in $Properties.Keys) { $resource.$name = $Properties[$name] }
        $resource
    }
    # Test false, Set, Test true, Set changes nothing.
    function Confirm-Reached($Resource, $Folder) {
        $Resource.Test() | Should -BeFalse
        $Resource.Set()
        $Resource.Test() | Should -BeTrue
        $stamp = Get-Stamp $Folder
        $Resource.Set()
        $Resource.Test() | Should -BeTrue
        Get-Stamp $Folder | Should -Be $stamp
    }
    function Get-Stamp($Folder) { [IO.Directory]::GetFiles($Folder, '*', 'AllDirectories') | Sort-Object | ForEach-Object { "$_ $([IO.File]::GetLastWriteTimeUtc($_).Ticks) $((Get-FileHash $_).Hash)" } }
}

AfterAll {
    Remove-Module PandoraSync.Dsc
    $env:PSModulePath = $before
}

Describe 'The DSC resources' {
    It 'are the classes that the manifest lists, where DSC looks for them' {
        $listed = (Import-PowerShellDataFile ([IO.Path]::Combine("$module.Dsc", 'PandoraSync.Dsc.psd1'))).DscResourcesToExport
        $tree = [Management.Automation.Language.Parser]::ParseFile([IO.Path]::Combine("$module.Dsc", 'PandoraSync.Dsc.psm1'), [ref] $null, [ref] $null)
        $classes = $tree.FindAll({ $args[0] -is [Management.Automation.Language.TypeDefinitionAst] -and $args[0].Attributes.TypeName.Name -contains 'DscResource' }, $false)
        $classes.Name | Sort-Object | Should -Be ($listed | Sort-Object)
        foreach ($class in $classes) {
            $keys = $class.Members | Where-Object { $_.Attributes.NamedArguments.ArgumentName -contains 'Key' }
            @($keys).Count | Should -Be 1 -Because "$($class.Name) has a key"
            foreach ($method in 'Get', 'Set', 'Test') { $class.Members.Name | Should -Contain $method }
        }
    }

    It 'are of the version of the module' {
        (Test-ModuleManifest ([IO.Path]::Combine("$module.Dsc", 'PandoraSync.Dsc.psd1'))).Version | Should -Be (Test-ModuleManifest ([IO.Path]::Combine($module, 'PandoraSync.psd1'))).Version
    }
}

Describe 'PandoraSyncService' {
    It 'is reached for present, a changed property, and absent' {
        $folder, $incoming = (New-Folder), (New-Folder)
        $conf = New-File 'pandora_server.conf' "syncserver 1`nsync_address 127.0.0.1:41121`nincomingdir $incoming`n"
        $wanted = @{ Name = 'north'; End = 'Sync'; ConfigPath = $conf; Directory = $folder }
        (New-Resource PandoraSyncService $wanted).Get().Ensure | Should -Be 'Absent'
        Confirm-Reached (New-Resource PandoraSyncService $wanted) $folder
        $now = (New-Resource PandoraSyncService $wanted).Get()
        $now.Ensure, $now.End, $now.ConfigPath, $now.State | Should -Be 'Present', 'Sync', $conf, 'unknown'
        Confirm-Reached (New-Resource PandoraSyncService ($wanted + @{ Interval = 30 })) $folder
        Confirm-Reached (New-Resource PandoraSyncService ($wanted + @{ OneShot = $true; Interval = 300 })) $folder
        (New-Resource PandoraSyncService $wanted).Get().OneShot | Should -BeTrue
        Confirm-Reached (New-Resource PandoraSyncService @{ Name = 'north'; Directory = $folder; Ensure = 'Absent' }) $folder
        Get-FileName $folder | Should -BeNullOrEmpty
    }

    It 'does not undo what somebody has edited' {
        $folder, $buffer = (New-Folder), (New-Folder)
        $resource = New-Resource PandoraSyncService @{ Name = 'site'; End = 'Server'; Options = "-s $buffer -I"; Directory = $folder }
        $resource.Set()
        $path = [IO.Path]::Combine($folder, 'site.service')
        [IO.File]::AppendAllText($path, "# a note`n")
        $resource.Test() | Should -BeFalse
        $resource.Get().IsEdited | Should -BeTrue
        { $resource.Set() } | Should -Throw '*was edited*'
        [IO.File]::ReadAllText($path) | Should -Match '# a note'
    }
}

Describe 'TentacleBuffer' {
    It 'is reached for present, changed properties, and absent, and its file starts a server' {
        $folder = New-Folder
        $wanted = @{ Path = "$folder/buffer"; ConfigPath = "$folder/etc/tentacle_server.conf"; Address = @('127.0.0.1'); Port = 41999 }
        (New-Resource TentacleBuffer $wanted).Get().Ensure | Should -Be 'Absent'
        Confirm-Reached (New-Resource TentacleBuffer $wanted) $folder
        Confirm-Reached (New-Resource TentacleBuffer ($wanted + @{ MaxBufferFiles = 2; DropOldest = $true; MaxFileSize = 5000 })) $folder
        $now = (New-Resource TentacleBuffer $wanted).Get()
        $now.Ensure, $now.Port, $now.MaxBufferFiles, $now.DropOldest, $now.MaxFileSize, "$($now.Address)" | Should -Be 'Present', 41999, 2, $true, 5000, '127.0.0.1'
        $server = Start-TentacleServer -ConfigPath "$folder/etc/tentacle_server.conf" -Port 0
        1..3 | ForEach-Object { New-File "a.$_.data" 'x' } | Send-TentacleFile -ComputerName 127.0.0.1 -Port $server.Port
        Stop-TentacleServer $server
        Get-FileName "$folder/buffer" | Should -Be 'a.2.data', 'a.3.data'

        $absent = New-Resource TentacleBuffer ($wanted + @{ Ensure = 'Absent' })
        { $absent.Set() } | Should -Throw '*still holds 2 files that nobody has fetched*'
        Get-FileName "$folder/buffer" | Should -Be 'a.2.data', 'a.3.data'
        foreach ($name in 'a.2.data', 'a.3.data') { [IO.File]::Delete("$folder/buffer/$name") }
        Confirm-Reached $absent $folder
    }

    It 'leaves a file of somebody else alone, and takes no line break into one' {
        $folder = New-Folder
        $conf = New-File 'tentacle_server.conf' "directory /somewhere`n" $folder
        { (New-Resource TentacleBuffer @{ Path = "$folder/buffer"; ConfigPath = $conf }).Set() } | Should -Throw '*was not written by TentacleBuffer*'
        [IO.File]::ReadAllText($conf) | Should -BeExactly "directory /somewhere`n"
        { (New-Resource TentacleBuffer @{ Path = "$folder/buffer"; ConfigPath = "$folder/other.conf"; CaPath = "/x`npassword y" }).Set() } | Should -Throw '*has a line break*'
    }
}

Describe 'TentacleCertificate' {
    It 'is reached for an authority, a server, changed names, renewal, and absent' {
        $folder = New-Folder
        $authority = @{ Path = "$folder/ca"; Role = 'Authority'; CommonName = 'north authority' }
        $site = @{ Path = "$folder/site"; Role = 'Server'; Name = @('site.example', '127.0.0.1'); Issuer = "$folder/ca" }
        (New-Resource TentacleCertificate $authority).Get().Ensure | Should -Be 'Absent'
        Confirm-Reached (New-Resource TentacleCertificate $authority) $folder
        Confirm-Reached (New-Resource TentacleCertificate $site) $folder
        $now = (New-Resource TentacleCertificate $site).Get()
        $now.Ensure, $now.Role, $now.CommonName, "$($now.Name)" | Should -Be 'Present', 'Server', 'site.example', 'site.example 127.0.0.1'
        $now.DaysLeft | Should -BeGreaterThan 700
        $other = $site.Clone()
        $other.Name = @('site.example', '127.0.0.1', '10.142.50.10')
        Confirm-Reached (New-Resource TentacleCertificate $other) $folder

        # Renewal keeps the key.
        $key = [IO.File]::ReadAllText("$folder/site/tentaclekey.pem")
        $soon = New-Resource TentacleCertificate ($other + @{ Days = 800 ; RenewBeforeDays = 750 })
        $soon.Test() | Should -BeFalse
        $soon.Set()
        $soon.Test() | Should -BeTrue
        [IO.File]::ReadAllText("$folder/site/tentaclekey.pem") | Should -BeExactly $key

        Confirm-Reached (New-Resource TentacleCertificate @{ Path = "$folder/site"; Role = 'Server'; Ensure = 'Absent' }) $folder
        Get-FileName "$folder/site" | Should -BeNullOrEmpty
    }

    It 'never replaces an authority by another' {
        $folder = New-Folder
        (New-Resource TentacleCertificate @{ Path = $folder; Role = 'Authority'; CommonName = 'one' }).Set()
        { (New-Resource TentacleCertificate @{ Path = $folder; Role = 'Authority'; CommonName = 'two' }).Set() } | Should -Throw '*has another authority already (one)*'
        { (New-Resource TentacleCertificate @{ Path = "$folder/x"; Role = 'Client'; CommonName = 'c' }).Set() } | Should -Throw '*needs an authority*'
    }
}
