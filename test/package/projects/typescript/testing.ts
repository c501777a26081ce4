import { tensor } from 'ir-softmax/engine'
import { gradcheck } from 'ir-softmax/testing'

gradcheck(({ a }) => a.exp(), { a: tensor([1, 2], { dtype: 'float64' }) })
console.log('ok')
