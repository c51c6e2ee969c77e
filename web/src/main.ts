import { mount } from 'svelte'

import App from './App.svelte'
import { settings } from './lib/settings.svelte'
import './styles/base.css'
import './styles/parts.css'
import './styles/themes.css'

settings.apply()
const target = document.getElementById('app')
if (target) mount(App, { target })
